import { estimation } from './estimation.js';
import type { Mutation } from './mutation.js';
import { postProcessing } from './post-processing.js';
import { privacy } from './privacy.js';
import { randomness } from './randomness.js';
import { tables } from './tables.js';

/** Bugs that the tests must see. */
export const mutations: readonly Mutation[] = [...randomness, ...privacy, ...tables, ...estimation, ...postProcessing];
