/** What each relation between units does, fact by fact. Facts: systemd.unit(5), "Mapping of unit properties to their inverses". */
import type { DependencyKind } from '../model.ts';

const PAIRS: readonly (readonly [DependencyKind, DependencyKind])[] = [
  ['Requires', 'RequiredBy'],
  ['Requisite', 'RequisiteOf'],
  ['Wants', 'WantedBy'],
  ['BindsTo', 'BoundBy'],
  ['PartOf', 'ConsistsOf'],
  ['Upholds', 'UpheldBy'],
  ['Conflicts', 'ConflictedBy'],
  ['Before', 'After'],
  ['OnSuccess', 'OnSuccessOf'],
  ['OnFailure', 'OnFailureOf'],
  ['Triggers', 'TriggeredBy'],
  ['PropagatesReloadTo', 'ReloadPropagatedFrom'],
  ['PropagatesStopTo', 'StopPropagatedFrom'],
  ['JoinsNamespaceOf', 'JoinsNamespaceOf'],
  ['References', 'ReferencedBy'],
  ['InSlice', 'SliceOf'],
];
const INVERSE: ReadonlyMap<DependencyKind, DependencyKind> = new Map(
  PAIRS.flatMap(
    ([a, b]) =>
      [
        [a, b],
        [b, a],
      ] as const,
  ),
);

/** How the other unit sees this relation. */
export function inverse(kind: DependencyKind): DependencyKind {
  return INVERSE.get(kind) ?? kind;
}

/** For each thing that can happen between units, the relations over which it does. */
export const RELATIONS = {
  /** A start pulls these in and fails with them. */
  startsWith: ['Requires', 'BindsTo'],
  /** A start pulls these in and does without them if need be. */
  startsIfPossible: ['Wants', 'Upholds'],
  mustAlreadyRun: ['Requisite'],
  startStops: ['Conflicts'],
  startStopsIfPossible: ['ConflictedBy'],
  /** A stop (and, as try-restart, a restart) goes on to these. */
  stopsAlong: ['RequiredBy', 'RequisiteOf', 'BoundBy', 'ConsistsOf'],
  stopsAlongLast: ['PropagatesStopTo'],
  reloadsAlong: ['PropagatesReloadTo'],
  failsWhenStartFails: ['RequiredBy', 'RequisiteOf', 'BoundBy'],
  failsWhenStartedInactive: ['RequisiteOf'],
  failsWhenStopFails: ['ConflictedBy'],
  /** Became active by itself: these are started (or, second, only if nothing speaks against it). */
  startedLater: ['Requires', 'BindsTo', 'Upholds'],
  startedLaterIfFree: ['Wants'],
  stoppedLaterOnStart: ['Conflicts', 'ConflictedBy'],
  /** Went down by itself: these are stopped. */
  stoppedLaterOnStop: ['BoundBy', 'PropagatesStopTo'],
  cannotDoWithout: ['BindsTo'],
  keptAlive: ['Upholds'],
  /** Somebody needs this unit while one of these is up. */
  needs: ['RequiredBy', 'RequisiteOf', 'WantedBy', 'BoundBy', 'UpheldBy'],
  maybeUnneeded: ['Requires', 'Requisite', 'Wants', 'BindsTo', 'Upholds'],
  /** A target is ordered after these of its kind. */
  targetAfter: ['Requires', 'Requisite', 'Wants', 'BindsTo', 'Upholds', 'PartOf'],
} as const satisfies Record<string, readonly DependencyKind[]>;
