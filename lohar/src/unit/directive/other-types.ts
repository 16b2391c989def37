/** Directives of unit types that are loaded and listed but not run yet: they are known, so that nobody is warned. */

const keys = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** section -> its own directives. Facts: systemd.socket(5), .timer(5), .path(5), .mount(5), .automount(5), .swap(5), .scope(5). */
export const FOREIGN_KEYS: Readonly<Record<string, ReadonlySet<string>>> = {
  Mount: keys('What Where Options Type TimeoutSec DirectoryMode SloppyOptions LazyUnmount ForceUnmount ReadWriteOnly'),
  Automount: keys('Where ExtraOptions DirectoryMode TimeoutIdleSec'),
  Swap: keys('What Priority Options TimeoutSec'),
};
