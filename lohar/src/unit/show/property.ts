/** Properties as `systemctl show` prints them; moments are left to the client, whose time zone counts. */

/** A moment in ms since 1970; 0 = never. */
export interface Moment {
  readonly atMs: number;
}
/** One line, of text or of text with moments in it. */
export type Line = string | { readonly parts: readonly (string | Moment)[] };

export interface Property {
  readonly name: string;
  /** One line, several lines `Name=value`, or a moment. */
  readonly value: string | readonly Line[] | Moment;
}
