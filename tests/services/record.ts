/**
 * node tests/services/record.ts [CASE...]: asks real systemd for the answers to the cases, and keeps them in
 * tests/services/answers/.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ImageCatalog } from '@bhatti/host/images/catalog.ts';
import { ANSWERS, allCases } from './cases.ts';
import { buildServicesImage, imagesDir, TIER } from './image.ts';
import { systemdImage } from './systemd/image.ts';
import { answersOfSystemd } from './systemd/machine.ts';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
const progress = { step: (label: string) => console.log(label) };
const wanted = process.argv.slice(2);
const cases = wanted.length > 0 ? wanted : allCases();

const scratch = mkdtempSync(join(imagesDir, 'record-'));
try {
  // Its kernel is the one both sides boot.
  await buildServicesImage(progress, interrupted.signal);
  const { kernel } = await new ImageCatalog(imagesDir, 'amd64').find(TIER);
  const image = await systemdImage(scratch, progress, interrupted.signal);
  progress.step(`recording ${cases.length} cases`);
  const answers = await answersOfSystemd(cases, {
    ...{ image, kernel, scratch, signal: interrupted.signal },
    onLine: (line) => console.log(line),
  });
  mkdirSync(ANSWERS, { recursive: true });
  for (const name of cases) copyFileSync(join(answers, `${name}.txt`), join(ANSWERS, `${name}.txt`));
  console.log(readFileSync(join(answers, 'times'), 'utf8'));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
