/** The programs that this binary is besides PID 1, by the name they are called by. */
import { journalctl } from './journalctl/main.ts';
import type { Main } from './program.ts';

export const CLIENTS: Readonly<Record<string, Main>> = { journalctl };
