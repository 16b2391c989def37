/** Which sandbox somebody means: its name, its id, or the beginning of its id. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { shown } from './name.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * A name wins over an id, a whole id over a prefix.
 * @throws BhattiError sandbox.not-found | sandbox.ambiguous
 */
export function resolve<S extends Named>(reference: string, sandboxes: readonly S[]): S {
  const exact = sandboxes.find((s) => s.name === reference) ?? sandboxes.find((s) => s.id === reference);
  if (exact !== undefined) return exact;
  const near = reference === '' ? [] : sandboxes.filter((s) => s.id.startsWith(reference));
  const [only, ...more] = near;
  if (only === undefined) {
    throw new BhattiError('sandbox.not-found', `cannot find sandbox ${shown(reference)}: no name or id is like that`, {
      remedy: 'bhatti list',
    });
  }
  if (more.length > 0) {
    const names = near.slice(0, 5).map((s) => `${s.id} (${s.name})`);
    throw new BhattiError(
      'sandbox.ambiguous',
      `cannot tell which sandbox ${shown(reference)} is: ${names.join(', ')}`,
      {
        remedy: 'give its name or more digits of its id',
      },
    );
  }
  return only;
}
