/**
 * node tests/services/compare.ts [CASE...]: shows where lohar answers otherwise than systemd, for work on either. Keeps
 * lohar's answers in build/answers/.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blocksOf, differences, shown } from './blocks.ts';
import { answerOf, recordedCases } from './cases.ts';
import { buildServicesImage } from './image.ts';
import { type Answer, runCases } from './run-cases.ts';

const KEPT = join(import.meta.dirname, '../../build/answers');

function show(name: string, answer: Answer): void {
  if ('error' in answer) {
    console.log(`#### ${name}: ${answer.error.message}`);
    return;
  }
  writeFileSync(join(KEPT, `${name}.txt`), answer.output);
  const found = differences(blocksOf(answerOf(name)), blocksOf(answer.output));
  console.log(`#### ${name}: ${found.length} blocks differ\n${found.map(shown).join('\n')}`);
}

const wanted = process.argv.slice(2);
mkdirSync(KEPT, { recursive: true });
await buildServicesImage({ step: (label) => console.error(label) }, new AbortController().signal);
await runCases(wanted.length > 0 ? wanted : recordedCases(), { machines: 1, isRight: () => true, onAnswer: show });
