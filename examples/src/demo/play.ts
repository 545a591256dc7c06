import { sourceFrom } from '@dither/mechanisms';
import { DAY_MS, toHex } from '@dither/protocol';
import type { DeclaredRegistry } from '@dither/sdk';
import seedrandom from 'seedrandom';
import type { Behaviour, Person } from './behaviour.js';
import {
  type InstallationState,
  newInstallation,
  type RunOptions,
  startApp,
  type Truth,
  takeDelivered,
  waitUntilSent,
} from './installation.js';
import { Tally } from './tally.js';
import { noUploads, type Send, type UploadCounts, unreliable } from './transport.js';

/**
 * The life of a range of installations, period by period. In each period the app is started three times: the first
 * start closes the period before, the second sends what is due, and the third sometimes ends in a crash, after which it is
 * opened once more. After the last period it is started twice more, to close and to send.
 */
export interface PlayOptions {
  readonly registry: DeclaredRegistry;
  readonly behaviour: Behaviour;
  readonly endpoint: string;
  readonly send: Send;
  readonly seed: string;
  /** Installations `from` .. `to - 1` of this seed: what one does never depends on which others are played. */
  readonly from: number;
  readonly to: number;
  /** First day of the first period, a multiple of the longest period. */
  readonly firstDay: number;
  readonly periodDays: number;
  readonly periods: number;
  readonly concurrency: number;
  readonly onProgress?: (done: number) => void;
}

export interface Played {
  readonly tally: Tally;
  readonly uploads: UploadCounts;
  /** Batches delivered, and batches never confirmed. */
  readonly batches: { delivered: number; undelivered: number };
  /** Installation `from`, shown to the reader. */
  readonly sample: Sample | undefined;
}

/** One installation's truth beside the very bytes it sent. */
export interface Sample {
  readonly batches: readonly { readonly hex: string; readonly truths: readonly Truth[] }[];
  /** Its ledger as it lies in storage. */
  readonly ledger: string;
}

interface Player {
  readonly state: InstallationState;
  readonly chance: () => number;
  readonly person: Person;
  readonly options: Omit<RunOptions, 'at'>;
}

const HOUR = 3_600_000;
/** Share of installations whose third session of a period ends in a crash. */
const CRASH_RATE = 0.12;

export class Play {
  readonly played: Played;
  readonly #options: PlayOptions;
  readonly #players: readonly Player[];
  readonly #sampleBatches: { hex: string; truths: readonly Truth[] }[] = [];

  constructor(options: PlayOptions) {
    this.#options = options;
    this.played = {
      tally: new Tally(),
      uploads: noUploads(),
      batches: { delivered: 0, undelivered: 0 },
      sample: undefined,
    };
    this.#players = Array.from({ length: options.to - options.from }, (_, i) => this.#player(options.from + i));
  }

  #player(number: number): Player {
    const { seed, registry, endpoint, send, behaviour } = this.#options;
    // Two streams: what the person does and what the network does must not depend on the noise, nor the noise on them.
    const chance = seedrandom.alea(`${seed}/${number}/person`);
    const network = seedrandom.alea(`${seed}/${number}/network`);
    let generator: seedrandom.PRNG | undefined;
    const source = sourceFrom(() => {
      generator ??= seedrandom(`${seed}/${number}/noise`);
      return generator.int32();
    });
    return {
      state: newInstallation(),
      chance,
      person: behaviour.begin(chance),
      options: { registry, endpoint, source, send: unreliable(send, network, this.played.uploads) },
    };
  }

  /** Plays one period of every installation; number `periods` only closes and sends the last one. */
  async playPeriod(period: number): Promise<void> {
    const { concurrency, onProgress } = this.#options;
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < this.#players.length) {
        const index = next++;
        await this.#play(this.#players[index] as Player, period, index === 0);
        onProgress?.(1);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
  }

  async #play(player: Player, period: number, isSample: boolean): Promise<void> {
    const { firstDay, periodDays, periods } = this.#options;
    const { state, chance, person, options } = player;
    const start = firstDay + period * periodDays;
    const isLast = period === periods;
    const at = (day: number): number => (start + day) * DAY_MS + 6 * HOUR + Math.floor(chance() * 12 * HOUR);

    const first = await startApp(state, { ...options, at: at(0) });
    if (isSample)
      for (const { bytes, truths } of state.waiting) this.#sampleBatches.push({ hex: toHex(bytes), truths });
    if (!isLast) first.record(person.session(chance));
    await first.wait(2000);
    await first.stop();

    const second = await startApp(state, { ...options, at: at(1) });
    if (!isLast) second.record(person.session(chance));
    await waitUntilSent(second);
    await second.stop();

    if (!isLast) {
      const opened = at(periodDays - 3);
      const third = await startApp(state, { ...options, at: opened });
      third.record(person.session(chance));
      await third.wait(2000);
      if (chance() < CRASH_RATE) {
        third.crash(person.crash(chance));
        // Opened again on the same day, it merges what the crash had noted: from here on the open records say which random event counts.
        const again = await startApp(state, { ...options, at: opened + 60_000 });
        await again.stop();
      } else await third.stop();
    }
    this.#settle(state, start);
  }

  /** Counts what was delivered. */
  #settle(state: InstallationState, day: number): void {
    const { tally, batches } = this.played;
    const before = state.waiting.length;
    for (const { metric, window, value } of takeDelivered(state)) tally.add(metric, window, value);
    batches.delivered += before - state.waiting.length;
    state.diary.forget(day);
  }

  /** Closes the books. */
  finish(): Played {
    for (const { state } of this.#players) this.played.batches.undelivered += state.waiting.length;
    const ledger = this.#players[0]?.state.texts.get('ledger');
    const sample = ledger === undefined ? undefined : { batches: this.#sampleBatches, ledger };
    return { ...this.played, sample };
  }
}
