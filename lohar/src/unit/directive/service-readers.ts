/** Readers for [Service]. */
import { type Command, parseCommands } from '../exec/command.ts';
import { addStatus, type StatusSet } from '../value/exit-status.ts';
import { checkedPath, resolved } from './basic-readers.ts';
import type { Reader } from './directive.ts';

/** Commands of one directive; more are refused. */
const COMMANDS_MAX = 1024;

/** Adds the commands of one line; an empty one removes all. */
export const commands: Reader<readonly Command[]> = (value, at, before) => {
  if (value === '') return [];
  const parsed = parseCommands(value, at.resolve);
  for (const warning of parsed.warnings) at.warn(warning);
  if (!parsed.ok) {
    if (parsed.fatal) at.fatal();
    return undefined;
  }
  if (before.length + parsed.commands.length <= COMMANDS_MAX) return [...before, ...parsed.commands];
  at.warn(`Too many commands for ${at.key}=.`);
  at.fatal();
  return undefined;
};

export const statuses: Reader<StatusSet> = (value, at, before) => {
  if (value === '') return { statuses: [], signals: [] };
  let set = before;
  for (const word of value.split(/\s+/)) {
    const more = addStatus(set, word);
    if (more === null) at.warn(`Failed to parse value, ignoring: ${word}`);
    else set = more;
  }
  return set;
};

/** A relative path lies in /run. */
export const pidFile: Reader<string> = (value, at) => {
  if (value === '') return '';
  const full = resolved(value, at);
  if (full === null) return undefined;
  const path = checkedPath(full.startsWith('/') ? full : `/run/${full}`, 'absolute', at);
  return path === null ? undefined : path.replace(/^\/var\/run\//, '/run/');
};

export const busName: Reader<string> = (value, at) => {
  if (value === '') return '';
  const name = at.resolve(value);
  if (name === null) at.warn(`Failed to resolve unit specifiers in ${value}, ignoring: Invalid slot`);
  else if (/^[A-Za-z_-][\w-]*(\.[A-Za-z_-][\w-]*)+$/.test(name) && name.length <= 255) return name;
  else at.warn(`Invalid bus name, ignoring: ${name}`);
  return undefined;
};
