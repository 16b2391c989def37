/** Environment variables and labels: what may be one, and which of two wins. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { shown } from './name.ts';

export const ENV_COUNT_MAX = 256;
/** All names and values together: it travels in one JSON document of the wire. */
export const ENV_SIZE_MAX = 128 * 1024;
export const LABELS_MAX = 16;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const LABEL_KEY = /^(?:[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^[A-Za-z0-9._-]{0,256}$/;

type Pairs = Readonly<Record<string, string>>;

/** Splits K=V at its first '='. @throws BhattiError request.invalid */
export function pair(text: string, flag: string): [key: string, value: string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  // The text is not shown: a value typed without its name may be a secret.
  throw new BhattiError('request.invalid', `cannot read ${flag}: it is not of the form KEY=VALUE`, {
    remedy: `write ${flag} KEY=VALUE`,
  });
}

/** Later layers win: sandbox, then request. */
export function mergeEnvironment(...layers: readonly Pairs[]): Record<string, string> {
  return Object.assign(Object.create(null), ...layers);
}

/** @throws BhattiError request.invalid; the message never holds a value */
export function checkEnvironment(env: Pairs): Pairs {
  const names = Object.keys(env);
  const refuse = (why: string): never => {
    throw new BhattiError('request.invalid', `cannot use the environment: ${why}`, {
      remedy: 'a name has letters, digits and _, and does not begin with a digit',
    });
  };
  if (names.length > ENV_COUNT_MAX) refuse(`it has ${names.length} variables, ${ENV_COUNT_MAX} are allowed`);
  let size = 0;
  for (const name of names) {
    const value = env[name] ?? '';
    if (!VARIABLE.test(name)) refuse(`${shown(name)} is no name of a variable`);
    if (value.includes('\0')) refuse(`the value of ${name} holds a NUL byte`);
    size += Buffer.byteLength(name) + Buffer.byteLength(value) + 2;
  }
  if (size > ENV_SIZE_MAX) refuse(`it has ${size} bytes, ${ENV_SIZE_MAX} are allowed`);
  return env;
}

/** @throws BhattiError request.invalid */
export function checkLabels(labels: Pairs): Pairs {
  const keys = Object.keys(labels);
  const refuse = (why: string): never => {
    throw new BhattiError('request.invalid', `cannot use the labels: ${why}`, {
      remedy: 'write labels as team=web; letters, digits, dots, dashes and _ are allowed',
    });
  };
  if (keys.length > LABELS_MAX) refuse(`there are ${keys.length}, ${LABELS_MAX} are allowed`);
  for (const key of keys) {
    if (!LABEL_KEY.test(key)) refuse(`${shown(key)} is no label`);
    if (!LABEL_VALUE.test(labels[key] ?? '')) refuse(`the value of ${key} is no value of a label`);
  }
  return labels;
}

/** True when every wanted label is there with its value. */
export function hasLabels(labels: Pairs, wanted: Pairs): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
