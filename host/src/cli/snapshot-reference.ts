import { BhattiError } from '@bhatti/wire/errors.ts';

/** A sandbox's name has no slash. */
export const isSnapshot = (reference: string): boolean => reference.includes('/');

/**
 * What somebody means by SANDBOX/NAME, or by SANDBOX and --name NAME.
 * @param exact SANDBOX alone, which is its latest, is not enough @throws BhattiError request.invalid
 */
export function snapshotReference(argument: string, name: string | undefined, exact = false): string {
  if (name !== undefined && !isSnapshot(argument)) return `${argument}/${name}`;
  if (name === undefined && (!exact || isSnapshot(argument))) return argument;
  const why = name === undefined ? 'the name of the snapshot is missing' : 'it is named twice';
  throw new BhattiError('request.invalid', `cannot tell which snapshot is meant: ${why}`, {
    remedy: 'write SANDBOX/NAME, as bhatti snapshot list shows it',
  });
}

export const snapshotPath = (reference: string, rest = ''): string =>
  `/v1/snapshots/${encodeURIComponent(reference)}${rest}`;
