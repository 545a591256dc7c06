/** What no app ships: the test kit. A test that finds nothing elsewhere must find it here. */
export { seededSource } from '@dither/sdk/testing';
