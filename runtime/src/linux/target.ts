/** The architecture a program is built for; tools/lohar sets TARGET_ARCH. Node's tests see amd64. */
declare const TARGET_ARCH: 'amd64' | 'arm64' | undefined;

export const onArm: boolean = typeof TARGET_ARCH !== 'undefined' && TARGET_ARCH === 'arm64';
