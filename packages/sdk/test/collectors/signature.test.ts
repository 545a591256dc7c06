import { signatureOf } from '@dither/sdk/collectors/crashes';
import { describe, expect, it } from 'vitest';

interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly stack: readonly string[];
}

function signature({ name = 'TypeError', message = '', stack }: Thrown, options = {}): string {
  return signatureOf({ name, message, stack: stack.join('\n') }, options);
}

/** The same crash, as each engine writes it. */
const engines = {
  'V8 (Chrome, Node)': [
    "TypeError: Cannot read properties of undefined (reading 'jane')",
    '    at render (https://app.example.org/assets/app-DxqWvKa2.js?user=jane#top:12:34)',
    '    at Store.update (https://app.example.org/assets/store-BXk3j2_d.js:1:20450)',
    '    at async Object.<anonymous> (https://app.example.org/assets/app-DxqWvKa2.js:99:1)',
    '    at new Session (https://app.example.org/assets/app-DxqWvKa2.js:7:9)',
  ],
  'SpiderMonkey (Firefox)': [
    'render@https://app.example.org/assets/app-DxqWvKa2.js?user=jane#top:12:34',
    'update@https://app.example.org/assets/store-BXk3j2_d.js:1:20450',
    'async*@https://app.example.org/assets/app-DxqWvKa2.js:99:1',
    'Session@https://app.example.org/assets/app-DxqWvKa2.js:7:9',
    '',
  ],
  'JavaScriptCore (Safari)': [
    'render@https://app.example.org/assets/app-DxqWvKa2.js?user=jane#top:12:34',
    'update@https://app.example.org/assets/store-BXk3j2_d.js:1:20450',
    'https://app.example.org/assets/app-DxqWvKa2.js:99:1',
    'Session@https://app.example.org/assets/app-DxqWvKa2.js:7:9',
    'forEach@[native code]',
  ],
};

describe('the same crash has the same signature', () => {
  it.each(Object.entries(engines))('in %s', (_engine, stack) => {
    expect(signature({ message: "Cannot read properties of undefined (reading 'jane')", stack })).toBe(
      'TypeError render@app < update@store < ?@app < Session@app',
    );
  });

  it('after lines have moved, another build, and on another host', () => {
    const stack = (at: string, hash: string, host: string) => [
      'Error: x',
      `    at save (${host}/app-${hash}.js:${at})`,
      `    at click (${host}/app-${hash}.js:${at})`,
    ];
    const first = signature({ stack: stack('1:2', 'DxqWvKa2', 'https://a.example.org') });
    const second = signature({ stack: stack('77:345', '9aB_-xYz', 'http://localhost:5173/src') });
    expect(first).toBe('TypeError save@app < click@app');
    expect(second).toBe(first);
  });
});

describe('holds no data of the person', () => {
  it('no message, also if it looks like frames', () => {
    const message = 'jane\n    at jane (jane.js:1:1)\n    at doe (doe.js:1:1)';
    const stack = [`TypeError: ${message}`, '    at save (app.js:1:2)'];
    expect(signature({ message, stack })).toBe('TypeError save@app');
  });

  it('no message that was changed after the stack was written', () => {
    const stack = ['TypeError: jane', '    at jane (jane.js:1:1)', 'and so on', '    at save (app.js:1:2)'];
    expect(signature({ message: 'changed', stack })).toBe('TypeError save@app');
  });

  it.each([
    ['https://app.example.org/users/jane?tab=2', 'page'],
    ['https://app.example.org/users/jane.doe', 'page'],
    ['https://app.example.org/', 'page'],
    ['file:///home/jane/app/main.js', 'main'],
    ['C:\\Users\\jane\\app\\main.cjs', 'main'],
    ['/home/jane/My App (1)/main.mjs', 'main'],
    ['https://app.example.org/main.js?token=jane', 'main'],
    ['https://app.example.org/main.js#jane', 'main'],
    ['https://app.example.org/@jane/app/main.tsx', 'main'],
    ['blob:https://app.example.org/5f3a9b2c-1d4e-4f6a-8b7c-9d0e1f2a3b4c', 'blob'],
    ['data:text/javascript,jane()', 'data'],
  ])('of %s the script is %s', (script, name) => {
    expect(signature({ stack: ['TypeError', `    at save (${script}:1:2)`] })).toBe(`TypeError save@${name}`);
    expect(signature({ stack: [`save@${script}:1:2`] })).toBe(`TypeError save@${name}`);
  });

  it.each([
    ['jane@example.org', '?'],
    ['Object.jane@example.org', '?'],
    ['handler_5f3a9b2c', 'handler_#'],
    ['item42', 'item#'],
    ['facade', 'facade'],
    ['u5f3a9b2c1d4e4f6a8b7c9d0e1f2a3b4c', '#'],
    ['k'.repeat(90), 'k'.repeat(40)],
  ])('of function %s it keeps %s', (caller, name) => {
    expect(signature({ stack: ['TypeError', `    at ${caller} (app.js:1:2)`] })).toBe(`TypeError ${name}@app`);
  });

  it('no browser extension, and no part of the runtime', () => {
    const stack = [
      'TypeError: x',
      '    at inject (chrome-extension://cjpalhdlnbpafiamejdnhcphjbkeiagm/content.js:1:2)',
      '    at inject (safari-web-extension://A1B2C3D4/content.js:1:2)',
      '    at Array.map (<anonymous>)',
      '    at async Promise.all (index 0)',
      '    at save (app.js:1:2)',
      '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
    ];
    expect(signature({ stack })).toBe('TypeError save@app');
    expect(signature({ stack: ['inject@moz-extension://5f3a9b2c/content.js:1:2'] })).toBe('TypeError');
  });

  it('no name of the error that is not a word', () => {
    expect(signature({ name: 'Error of jane@example.org', stack: [] })).toBe('Error');
    expect(signature({ name: '', stack: [] })).toBe('Error');
    expect(signature({ name: 'NotFoundError', stack: [] })).toBe('NotFoundError');
  });
});

describe('scripts and functions', () => {
  it.each([
    ['main.3f2a9c1b.js', 'main'],
    ['main-3F2A9C1B.js', 'main'],
    ['main-app-8b5b3d9c0ff0d2a5.js', 'main-app'],
    ['index-B-k3j_2d.js', 'index'],
    ['2117-1a2b3c4d5e6f.js', '#'],
    ['vendor.3f2a9c1b.chunk.js', 'vendor.#.chunk'],
    ['user-settings.ts', 'user-settings'],
    ['app-Settings.vue', 'app-Settings'],
    ['page2.jsx', 'page#'],
    ['index.android.bundle', 'index.android'],
    ['main.jsbundle', 'main'],
  ])('%s is %s', (file, name) => {
    expect(signature({ stack: [`save@https://app.example.org/${file}:1:2`] })).toBe(`TypeError save@${name}`);
  });

  it.each([
    ['Foo.prototype.save', 'save'],
    ['Function.save', 'save'],
    ['Foo.save [as handler]', 'save'],
    ['Foo.#save', 'save'],
    ['Foo.get size [as size]', 'size'],
    ['new Foo', 'Foo'],
    ['async save', 'save'],
    ['bound save', 'save'],
    ['save/<', '?'],
    ['Foo/save', 'save'],
    ['setTimeout handler*save', 'save'],
    ['global code', '?'],
    ['Object.<anonymous>', '?'],
    ['größe', 'größe'],
    ['_private$', '_private$'],
  ])('%s is %s', (caller, name) => {
    expect(signature({ stack: [`${caller}@app.js:1:2`] })).toBe(`TypeError ${name}@app`);
    expect(signature({ stack: ['TypeError', `    at ${caller} (app.js:1:2)`] })).toBe(`TypeError ${name}@app`);
  });

  it('evaluated code has no script', () => {
    const v8 = ['TypeError', '    at save (eval at jane (https://x.org/jane.js:1:2), <anonymous>:1:1)'];
    expect(signature({ stack: v8 })).toBe('TypeError save@eval');
    expect(signature({ stack: ['save@https://x.org/jane.js line 3 > eval:1:1'] })).toBe('TypeError save@eval');
  });

  it('WebAssembly and Hermes are read, too', () => {
    const wasm = ['TypeError', '    at parse (https://x.org/parser.wasm:wasm-function[12]:0x1a2)'];
    expect(signature({ stack: wasm })).toBe('TypeError parse@parser');
    const hermes = ['TypeError', '    at save (address at index.android.bundle:1:2345)'];
    expect(signature({ stack: hermes })).toBe('TypeError save@index.android');
  });
});

describe('length', () => {
  const deep = ['TypeError', ...Array.from({ length: 30 }, (_, i) => `    at ${'abcdef'[i % 6]}${i} (app.js:1:2)`)];

  it('is at most four frames unless told', () => {
    expect(signature({ stack: deep })).toBe('TypeError a#@app < b#@app < c#@app < d#@app');
    expect(signature({ stack: deep }, { frames: 2 })).toBe('TypeError a#@app < b#@app');
  });

  it('is at most 100 characters unless told, in whole frames', () => {
    const long = ['TypeError', ...['a', 'b', 'c'].map((letter) => `    at ${letter.repeat(35)} (application.js:1:2)`)];
    expect(signature({ stack: long })).toBe(`TypeError ${'a'.repeat(35)}@application`);
    expect(signature({ stack: long }, { length: 20 })).toBe('TypeError');
    expect(signature({ stack: long }, { length: 1000 }).split(' < ')).toHaveLength(3);
  });

  it('does not grow with recursion', () => {
    const turns = Array.from({ length: 10_000 }, () => '    at walk (tree.js:1:2)');
    expect(signature({ name: 'RangeError', stack: ['RangeError', ...turns] })).toBe('RangeError walk@tree');
  });
});

it('is never empty and never throws, whatever was thrown', () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const hostile = {
    get stack(): string {
      throw new Error('do not look');
    },
  };
  const thrown = [undefined, null, 7, 'jane', Symbol('jane'), 7n, () => 'jane'];
  expect(thrown.map((value) => signatureOf(value))).toEqual(
    ['undefined', 'object', 'number', 'string', 'symbol', 'bigint', 'function'].map((type) => `thrown ${type}`),
  );
  expect(signatureOf({})).toBe('Error');
  expect(signatureOf(revoked.proxy)).toBe('unknown');
  expect(signatureOf(hostile)).toBe('unknown');
  expect(signatureOf({ name: 7, message: {}, stack: [] })).toBe('Error');
});

it('reads the stack of this very engine', () => {
  function outer(): Error {
    return inner();
  }
  function inner(): Error {
    return new RangeError('of jane');
  }
  expect(signatureOf(outer(), { frames: 2 })).toBe('RangeError inner@signature.test < outer@signature.test');
});
