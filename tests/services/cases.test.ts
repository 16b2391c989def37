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

const cases = recordedCases();
const answers = new Map(cases.map((name) => [name, Promise.withResolvers<Answer>()]));

let running: Promise<void>;

before(async () => {
  await buildServicesImage(quiet, new AbortController().signal);
  // Not awaited: each test waits for its own answer.
  running = runCases(cases, MACHINES, (name, answer) => answers.get(name)?.resolve(answer));
});

after(() => running); // the machines end when the last answer is there

for (const name of cases)
  test(name, async () => {
    const answer = await answers.get(name)?.promise;
    if (answer === undefined || 'error' in answer) throw answer?.error ?? new Error('no answer');
    const known = knownDifferences(name);
    const found = differences(blocksOf(answerOf(name)), blocksOf(answer.output));
    const news = known.has(ALL) ? [] : found.filter(({ head }) => !known.has(head));
    assert.ok(news.length === 0, `${news.length} blocks differ\n${news.map(shown).join('\n')}`);
    const gone = [...known.keys()].filter(
      (head) => !found.some((difference) => head === ALL || difference.head === head),
    );
    assert.deepEqual(gone, [], 'known-differences.ts names what differs no more');
  });
