// aws-local-stepfunctions, in a Node.js process: JSONPath only, no history; waits and retry intervals set to nothing.
// Job as JSON on standard input, the result as JSON on the last line of standard output: the same as worker.py.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { FUNCTIONS } from '../functions.mjs';

const job = JSON.parse(readFileSync(0, 'utf8'));
const { StateMachine } = createRequire(`${job.home}/index.js`)('aws-local-stepfunctions');
const now = () => performance.now() / 1000;
const peak = () => parseInt(readFileSync('/proc/self/status', 'utf8').match(/VmHWM:\s+(\d+)/)[1], 10) / 1024;

const overrides = { taskResourceLocalHandlers: {}, waitTimeOverrides: {}, retryIntervalOverrides: {} };
const visit = ({ States }) => {
  for (const [name, state] of Object.entries(States)) {
    if (state.Type === 'Task') {
      const call = FUNCTIONS[state.Resource.split(':').pop()];
      overrides.taskResourceLocalHandlers[name] = async (input) => call(input);
    }
    if (state.Type === 'Wait') overrides.waitTimeOverrides[name] = 0;
    if (state.Retry) overrides.retryIntervalOverrides[name] = 0;
    (state.Branches ?? []).forEach(visit);
    if (state.ItemProcessor) visit(state.ItemProcessor);
  }
};

const answer = {};
try {
  visit(job.definition);
  const machine = new StateMachine(job.definition);
  const run = () => machine.run(job.input, { overrides }).result;
  let from = now();
  answer.output = await run();
  answer.first = now() - from;
  answer.warm = [];
  let spent = 0;
  while (answer.warm.length < 300 && (spent < job.budget || (answer.warm.length < 3 && answer.first < job.budget))) {
    from = now();
    await run();
    answer.warm.push(now() - from);
    spent += answer.warm.at(-1);
  }
} catch (error) {
  answer.error = `${error?.name}: ${error?.message}`;
}
answer.peak_mb = peak();
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));
