/** Asks lohar what real systemd was asked (record.ts), and compares the answers block by block. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { quiet } from '../engine/lab.ts';
import { blocksOf, differences, shown } from './blocks.ts';
import { answerOf, recordedCases } from './cases.ts';
import { buildServicesImage } from './image.ts';
import { ALL, knownDifferences } from './known-differences.ts';
import { type Answer, runCases } from './run-cases.ts';

/** Most of a case is waiting: two machines use a machine of two cores well. */
const MACHINES = 2;

interface Given {
  readonly answer: Answer;
  readonly again: boolean;
}

const cases = recordedCases();
const answers = new Map(cases.map((name) => [name, Promise.withResolvers<Given>()]));

/** Blocks that differ and are not known to. */
function newDifferences(name: string, output: string): ReturnType<typeof differences> {
  const known = knownDifferences(name);
  if (known.has(ALL)) return [];
  return differences(blocksOf(answerOf(name)), blocksOf(output)).filter(({ head }) => !known.has(head));
}

/** Known differences that are none. */
function goneDifferences(name: string, output: string): string[] {
  const found = differences(blocksOf(answerOf(name)), blocksOf(output));
  return [...knownDifferences(name).keys()].filter(
    (head) => !found.some((difference) => head === ALL || difference.head === head),
  );
}

let running: Promise<void>;

before(async () => {
  await buildServicesImage(quiet, new AbortController().signal);
  // Not awaited: each test waits for its own answer.
  running = runCases(cases, {
    machines: MACHINES,
    isRight: (name, output) => newDifferences(name, output).length + goneDifferences(name, output).length === 0,
    onAnswer: (name, answer, again) => answers.get(name)?.resolve({ answer, again }),
  });
});

after(() => running); // the machines end when the last answer is there

for (const name of cases)
  test(name, async (t) => {
    const { answer, again } = (await answers.get(name)?.promise) ?? { answer: { error: new Error('no answer') } };
    if (again) t.diagnostic('it was asked twice');
    if ('error' in answer) throw answer.error;
    const news = newDifferences(name, answer.output);
    assert.ok(news.length === 0, `${news.length} blocks differ\n${news.map(shown).join('\n')}`);
    assert.deepEqual(goneDifferences(name, answer.output), [], 'known-differences.ts names what differs no more');
  });
