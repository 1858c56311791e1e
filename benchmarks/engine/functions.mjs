// The same task functions for engines that run in Node.js: see functions.py.
let calls = 0;
const failure = (name, message) => Object.assign(new Error(message), { name });

export const FUNCTIONS = {
  echo: (event) => event,
  flaky: () => {
    calls += 1;
    if (calls % 4) throw failure('FlakyError', 'not yet');
    return { ok: true };
  },
  config: () => ({ mode: 'full' }),
  enrich: (event) => {
    if (event.index % 10 === 9) throw failure('EnrichError', event.key);
    return { key: event.key, score: 7 };
  },
  load: (event) => ({ loaded: event.chunk.length }),
  notify: () => ({ sent: true }),
};
