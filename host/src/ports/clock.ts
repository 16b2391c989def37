/** The wall clock. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
}
