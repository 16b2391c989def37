/** The cases of the differential suite, and what real systemd answered to each. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Written by record.ts alone: an answer a case, and how long each took. */
export const ANSWERS: string = join(import.meta.dirname, 'answers');

/** @returns the names of all cases, in the order in which they run */
export function allCases(): string[] {
  return readdirSync(join(import.meta.dirname, 'cases')).sort();
}

/** @returns what real systemd answered */
export const answerOf = (name: string): string => readFileSync(join(ANSWERS, `${name}.txt`), 'utf8');
