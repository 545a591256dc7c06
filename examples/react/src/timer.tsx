import { useEffect, useRef, useState } from 'react';
import { useRecord, useTiming } from './telemetry.js';

type Display = 'seconds' | 'minutes';

export function Timer() {
  const [seconds, setSeconds] = useState(0);
  const [isRunning, setIsRunning] = useState(false);
  const [display, setDisplay] = useState<Display>('seconds');
  const recordLap = useRecord('laps');
  const recordDisplay = useRecord('display');
  const time = useTiming('run');
  const ended = useRef<() => void>(undefined);

  useEffect(() => recordDisplay(display), [display, recordDisplay]);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);

  function toggle(): void {
    if (isRunning) ended.current?.();
    else ended.current = time();
    setIsRunning(!isRunning);
  }

  return (
    <main>
      <h1>{display === 'seconds' ? `${seconds} s` : `${(seconds / 60).toFixed(1)} min`}</h1>
      <button type="button" onClick={toggle}>
        {isRunning ? 'Stop' : 'Start'}
      </button>
      <button type="button" onClick={() => recordLap()}>
        Lap
      </button>
      <button type="button" onClick={() => setDisplay(display === 'seconds' ? 'minutes' : 'seconds')}>
        Show {display === 'seconds' ? 'minutes' : 'seconds'}
      </button>
    </main>
  );
}
