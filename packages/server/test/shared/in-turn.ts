import type { Storage } from '@dither/server';

/**
 * Several nodes as one storage: each call goes to the next of them. What is answered at once, from what a process knows,
 * is asked of the one that was called last.
 * @param before - done before each call
 */
export function inTurn(nodes: readonly [Storage, ...Storage[]], before: () => void = () => undefined): Storage {
  let [last] = nodes;
  const next = () => {
    before();
    last = nodes[(nodes.indexOf(last) + 1) % nodes.length] as Storage;
    return last;
  };
  return {
    saveRegistry: (registry) => next().saveRegistry(registry),
    registries: () => next().registries(),
    get setAside() {
      return last.setAside;
    },
    commit: (batches) => next().commit(batches),
    get newestDay() {
      return last.newestDay;
    },
    states: (metric, from, to) => next().states(metric, from, to),
    windows: (metric) => next().windows(metric),
    saveCandidates: (list) => next().saveCandidates(list),
    candidates: (name) => next().candidates(name),
    candidateLists: () => next().candidateLists(),
    deleteCandidates: (name) => next().deleteCandidates(name),
    putRecord: (record) => next().putRecord(record),
    records: (kind) => next().records(kind),
    deleteRecord: (kind, id) => next().deleteRecord(kind, id),
    probe: () => next().probe(),
    usage: () => last.usage(),
    async close() {
      for (const node of nodes) await node.close();
    },
  };
}
