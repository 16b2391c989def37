import lohar from '../package.json' with { type: 'json' };

/** The same as the host's when the image is current. */
export const VERSION: string = lohar.version;
