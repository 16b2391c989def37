import host from '../../package.json' with { type: 'json' };

/** The one version of bhatti: of the packages, of --version, of the API. */
export const VERSION: string = host.version;
