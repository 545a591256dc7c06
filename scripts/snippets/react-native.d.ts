/** What the examples for React Native use of packages that are not installed here. */
declare module 'react-native' {
  export const AppState: {
    addEventListener(type: 'change', listener: (state: string) => void): { remove(): void };
  };
}

declare module '@react-native-async-storage/async-storage' {
  const AsyncStorage: {
    getItem(key: string): Promise<string | null>;
    setItem(key: string, value: string): Promise<void>;
    removeItem(key: string): Promise<void>;
  };

  // biome-ignore lint/style/noDefaultExport: that package has one
  export { AsyncStorage as default };
}

declare module 'react-native-get-random-values';
