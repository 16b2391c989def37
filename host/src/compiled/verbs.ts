/** What is typed often. */
import { define as exec } from '../cli/commands/exec.ts';
import { define as list } from '../cli/commands/list.ts';
import { define as pause } from '../cli/commands/pause.ts';
import { define as ps } from '../cli/commands/ps.ts';
import { define as resume } from '../cli/commands/resume.ts';
import { define as start } from '../cli/commands/start.ts';
import { define as stop } from '../cli/commands/stop.ts';
import { define as version } from '../cli/commands/version.ts';
import type { Define } from '../cli/verb.ts';

const VERBS: Readonly<Record<string, Define>> = { exec, list, ls: list, pause, ps, resume, start, stop, version };

/** @returns undefined for a verb that is Node's */
export const verbNamed = (name: string): Define | undefined => (Object.hasOwn(VERBS, name) ? VERBS[name] : undefined);
