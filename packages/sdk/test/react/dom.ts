import { Window } from 'happy-dom';
import { vi } from 'vitest';

/** As much of a page as React draws on. Imported ahead of `react-dom`, which looks for it when it is loaded. */
const window = new Window({ url: 'https://app.example.org/' });
for (const [name, value] of Object.entries({ window, document: window.document, navigator: window.navigator })) {
  vi.stubGlobal(name, value);
}
vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
