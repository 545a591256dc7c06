/** The device's part of each mechanism, to be named in a registry: an app bundles those it names. */
export { client as grr } from '@dither/mechanisms/grr';
export { client as oneBitMean } from '@dither/mechanisms/one-bit-mean';
export { client as oneTimeRappor } from '@dither/mechanisms/one-time-rappor';
export { client as oue } from '@dither/mechanisms/oue';
export { client as rappor } from '@dither/mechanisms/rappor';
export { client as rr } from '@dither/mechanisms/rr';
export { client as squareWave } from '@dither/mechanisms/square-wave';
export { client as sue } from '@dither/mechanisms/sue';
export { client as tree } from '@dither/mechanisms/tree';
