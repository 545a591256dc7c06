import type { Command } from './command.js';

/** By name. A command is loaded when it is called. */
export const commands: { readonly [name: string]: () => Promise<Command> } = {
  serve: async () => (await import('./commands/serve.js')).serve,
  'config check': async () => (await import('./commands/config.js')).configCheck,
  'registry add': async () => (await import('./commands/registry.js')).registryAdd,
  'registry diff': async () => (await import('./commands/registry.js')).registryDiff,
  'registry list': async () => (await import('./commands/registry.js')).registryList,
  'token create': async () => (await import('./commands/token.js')).tokenCreate,
  'token list': async () => (await import('./commands/token.js')).tokenList,
  'token revoke': async () => (await import('./commands/token.js')).tokenRevoke,
  'key create': async () => (await import('./commands/key.js')).keyCreate,
  'key rotate': async () => (await import('./commands/key.js')).keyRotate,
  'key list': async () => (await import('./commands/key.js')).keyList,
  'key revoke': async () => (await import('./commands/key.js')).keyRevoke,
  backup: async () => (await import('./commands/backup.js')).backup,
  restore: async () => (await import('./commands/restore.js')).restore,
  status: async () => (await import('./commands/status.js')).status,
  health: async () => (await import('./commands/health.js')).health,
};
