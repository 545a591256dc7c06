import type { Mechanism, Params } from '@dither/mechanisms';
import { hardestValue } from '../predict/error.js';
import type { Task } from './task.js';

/** A task of any share as that of the value that is known least; any other task as it is. */
export function hardestTask(task: Task, mechanism: Mechanism, params: Params, n: number): Task {
  if (task.any === undefined) return task;
  const value = hardestValue(mechanism, params, task.any, { shares: task.subject.shares, n });
  return { ...task, asked: { of: 'share', value } };
}
