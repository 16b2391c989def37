/** The cases of the differential suite, and what real systemd answered to each. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Written by record.ts alone: an answer a case, and how long each took. */
export const ANSWERS: string = join(import.meta.dirname, 'answers');

/** @returns the names of all cases, in the order in which they run */
export function allCases(): string[] {
  return readdirSync(join(import.meta.dirname, 'cases')).sort();
}

const answerFile = (name: string): string => join(ANSWERS, `${name}.txt`);

/** @returns the names of the cases that real systemd was asked, in the order in which they run */
export const recordedCases = (): string[] => allCases().filter((name) => existsSync(answerFile(name)));

/** @returns what real systemd answered */
export const answerOf = (name: string): string => readFileSync(answerFile(name), 'utf8');
