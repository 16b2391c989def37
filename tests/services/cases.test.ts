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

interface Verdict {
  /** Blocks that differ and are not known to. */
  readonly news: ReturnType<typeof differences>;
  /** Known differences that are none. */
  readonly gone: readonly string[];
}

function verdictOn(name: string, output: string): Verdict {
  const known = knownDifferences(name);
  const found = differences(blocksOf(answerOf(name)), blocksOf(output));
  const news = known.has(ALL) ? [] : found.filter(({ head }) => !known.has(head));
  const gone = [...known.keys()].filter(
    (head) => !found.some((difference) => head === ALL || difference.head === head),
  );
  return { news, gone };
}

let running: Promise<void>;

before(async () => {
  await buildServicesImage(quiet, new AbortController().signal);
  // Not awaited: each test waits for its own answer.
  running = runCases(cases, {
    machines: MACHINES,
    isRight: (name, output) => {
      const { news, gone } = verdictOn(name, output);
      return news.length + gone.length === 0;
    },
    onAnswer: (name, answer, again) => answers.get(name)?.resolve({ answer, again }),
  });
});

after(() => running); // the machines end when the last answer is there

for (const name of cases)
  test(name, async (t) => {
    const { answer, again } = (await answers.get(name)?.promise) ?? { answer: { error: new Error('no answer') } };
    if (again) t.diagnostic('it was asked twice');
    if ('error' in answer) throw answer.error;
    const { news, gone } = verdictOn(name, answer.output);
    assert.ok(news.length === 0, `${news.length} blocks differ\n${news.map(shown).join('\n')}`);
    assert.deepEqual(gone, [], 'known-differences.ts names what differs no more');
  });
