/**
 * Where lohar answers otherwise than systemd, and why. A row is a reason; below it the cases, each with the heads of
 * the blocks that differ. The suite fails when another block differs, and when one of these does not.
 */
export interface KnownDifference {
  readonly why: string;
  readonly blocks: Readonly<Record<string, readonly string[]>>;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [];

/** @returns the heads of the blocks of a case that may differ, in alphabetical order, each with its reason */
export function knownDifferences(name: string): ReadonlyMap<string, string> {
  const heads = KNOWN_DIFFERENCES.flatMap(({ why, blocks }) =>
    (blocks[name] ?? []).map((head) => [head, why] as const),
  );
  return new Map(heads);
}
