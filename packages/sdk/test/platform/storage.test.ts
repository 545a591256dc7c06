import { asyncStorage } from '@dither/sdk/async-storage';
import { nodePlatform } from '@dither/sdk/node';
import { memoryStorage } from '@dither/sdk/testing';
import { describe } from 'vitest';
import { temporaryFolder } from '../support/children.js';
import { keyValueStore } from './key-value-store.js';
import { storageContract } from './storage.contract.js';

describe('storage in memory', () => {
  storageContract(async () => {
    const texts = new Map<string, string>();
    return () => memoryStorage(texts);
  });
});

describe('storage in files', () => {
  storageContract(async () => {
    const directory = await temporaryFolder();
    return () => nodePlatform({ directory }).storage;
  });
});

describe('storage over a key-value store', () => {
  storageContract(async () => {
    const { store } = keyValueStore();
    return () => asyncStorage(store, 'org.example.app');
  });
});
