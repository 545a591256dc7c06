import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type KeepAlive, keepAlive, NoAnswer } from '../support/keep-alive.js';
import type { Random } from '../support/random.js';
import { anyBatch, type MadeBatch } from './batches.js';

export interface LoadOptions {
  /** Of whatever server runs now; waits while there is none. */
  readonly port: () => Promise<number>;
  readonly random: Random;
  /** The day batches are made. */
  readonly day: number;
  readonly clients?: number;
  /** Codes after which the same bytes are sent again; anything but these and a 200 is a violation. */
  readonly retried?: readonly string[];
  /** Milliseconds between two tries. */
  readonly patience?: number;
}

export interface Load {
  /** Batches of which a receipt came. */
  readonly acknowledged: readonly MadeBatch[];
  /** What no server may do, in words. */
  readonly violations: readonly string[];
  /** Milliseconds that each first try took which was answered with a receipt. */
  readonly waits: readonly number[];
  /** Answers other than a receipt, by code. */
  readonly refusals: ReadonlyMap<string, number>;
  /** Makes no new batches; resolves when every batch ever made is acknowledged. */
  finish(): Promise<void>;
  /** Sends some of the acknowledged batches again, all unless told. */
  sendAgain(most?: number): Promise<void>;
}

/** What is known of a batch from its answers. */
interface Sent extends MadeBatch {
  isAcknowledged: boolean;
  /** Receipts that say it was new. */
  counted: number;
  /** Tries of which nobody knows what became. */
  unanswered: number;
}

const SAME_TRIES = 3;

/**
 * Devices that send one batch after the other until a receipt names it, with the same bytes each time, whatever went wrong
 * before. Some send a batch twice at the same time, some once more right after its receipt, some an old one.
 */
export function startLoad(options: LoadOptions): Load {
  const { port, random, day, clients = 64, retried = ['unavailable'], patience = 10 } = options;
  const acknowledged: Sent[] = [];
  const violations: string[] = [];
  const waits: number[] = [];
  const refusals = new Map<string, number>();
  let isDone = false;

  /** One try. @returns whether a receipt came */
  async function send(batch: Sent, connection: KeepAlive): Promise<boolean> {
    const wasAcknowledged = batch.isAcknowledged;
    const to = await port();
    const begun = performance.now();
    let answer: Answer;
    try {
      answer = await connection.post(to, batch.bytes);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      batch.unanswered++;
      return false;
    }
    if (answer.status === 200) {
      waits.push(performance.now() - begun);
      violations.push(...receive(batch, JSON.parse(answer.body), wasAcknowledged));
      if (!batch.isAcknowledged) acknowledged.push(batch);
      batch.isAcknowledged = true;
      return true;
    }
    const { code = answer.status } = JSON.parse(answer.body);
    refusals.set(code, (refusals.get(code) ?? 0) + 1);
    if (!retried.includes(code)) violations.push(`${batch.nonce} was refused: ${answer.body}`);
    if (answer.status === 503 && answer.headers['retry-after'] === undefined)
      violations.push('503 without Retry-After');
    batch.unanswered++;
    return false;
  }

  async function deliver(batch: Sent, connection: KeepAlive): Promise<void> {
    while (!(await send(batch, connection))) {
      if (violations.length > 0) return;
      await sleep(patience);
    }
  }

  async function client(): Promise<void> {
    const [connection, other] = [keepAlive(), keepAlive()];
    while (!isDone && violations.length === 0) {
      const batch: Sent = { ...anyBatch(random, day), isAcknowledged: false, counted: 0, unanswered: 0 };
      const same = random.once(SAME_TRIES) ? [deliver(batch, other)] : [];
      await Promise.all([deliver(batch, connection), ...same]);
      if (random.once(SAME_TRIES)) await deliver(batch, connection);
      if (random.once(SAME_TRIES)) await deliver(random.pick(acknowledged), other);
    }
    connection.close();
    other.close();
  }

  const running = Array.from({ length: clients }, () =>
    client().catch((error: Error) => {
      violations.push(error.message);
    }),
  );

  return {
    acknowledged,
    violations,
    waits,
    refusals,
    async finish() {
      isDone = true;
      await Promise.all(running);
      for (const { nonce, counted, unanswered } of acknowledged) {
        if (counted + unanswered === 0) violations.push(`batch ${nonce} was a duplicate from the first`);
      }
    },
    async sendAgain(most = acknowledged.length) {
      const chosen =
        most < acknowledged.length ? Array.from({ length: most }, () => random.pick(acknowledged)) : [...acknowledged];
      async function resend() {
        const connection = keepAlive();
        for (let batch = chosen.pop(); batch !== undefined; batch = chosen.pop()) await deliver(batch, connection);
        connection.close();
      }
      await Promise.all(Array.from({ length: clients }, resend));
    },
  };
}

/** Takes note of a receipt. @returns what is wrong with it */
function receive(batch: Sent, receipt: { [key: string]: unknown }, wasAcknowledged: boolean): string[] {
  const wrong: string[] = [];
  const named = `batch ${batch.nonce}`;
  if (receipt['batch'] !== batch.nonce) wrong.push(`${named} was answered as ${receipt['batch']}`);
  if (receipt['duplicate'] === false) {
    batch.counted++;
    const read = JSON.stringify({ accepted: receipt['accepted'], rejected: receipt['rejected'] });
    if (read !== JSON.stringify({ accepted: batch.accepted, rejected: batch.rejected })) {
      wrong.push(`${named} was read as ${read}`);
    }
    if (wasAcknowledged) wrong.push(`${named} was acknowledged, and then counted as new`);
    if (batch.counted > 1) wrong.push(`${named} was counted as new twice`);
  }
  return wrong;
}
