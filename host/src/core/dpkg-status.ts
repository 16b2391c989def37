/** Reads dpkg's status file (deb822; dpkg(1)). */

/** @returns installed packages and their versions, sorted by name; `name:arch` for a foreign architecture */
export function installedPackages(status: string, arch: string): Record<string, string> {
  const found: [string, string][] = [];
  for (const paragraph of status.split(/\n\n+/)) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1];
    const name = field('Package');
    const version = field('Version');
    if (!name || !version || field('Status') !== 'install ok installed') continue;
    const own = field('Architecture');
    found.push([own === 'all' || own === arch ? name : `${name}:${own}`, version]);
  }
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}
