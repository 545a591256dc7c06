import { boolean, category, count, defineRegistry, quantity, text, timing } from '@dither/sdk';
import { grr, oneBitMean, oneTimeRappor, oue, rappor, rr, squareWave, sue, tree } from '@dither/sdk/mechanisms';

/** What every metric of this app has in common: one report per installation in 28 days, at epsilon 1. */
const report = { period: 28, owner: 'telemetry@browser.example', expires: '2029-12-31' } as const;
const monthly = { ...report, epsilon: 1 } as const;

const IMPROVE = 'Decide what to improve in the next release.';

/**
 * A browser-like app that measures what a phone maker once published as the list of what its browser collects:
 * system information, preferences, interface feature use, responsiveness, performance, memory use, crash reports.
 *
 * Sixteen metrics at epsilon 1 would spend 16 in 28 days; the default budget is 8. The homepage, which is latched,
 * is reported by everyone; of the other fifteen each installation draws seven anew every 28 days.
 *
 * Percentiles come in two ways, at some 47,000 reports a period: of page loads by the square wave, whose predicted error
 * is half that of the tree; of input delays by the tree, whose intervals are half as long.
 */
export function browserRegistry(app = 'org.example.browser') {
  return defineRegistry({
    app,
    participation: 'sampled',
    expectedClients: 100_000,
    metrics: {
      'os-version': category({
        ...monthly,
        description: 'Major version of the operating system.',
        purpose: 'Decide which versions to keep supporting.',
        values: ['10', '11', '12', '13', '14', '15', '16'],
        mechanism: grr,
      }),
      'screen-class': category({
        ...monthly,
        description: 'Size class of the screen.',
        purpose: IMPROVE,
        values: ['small', 'normal', 'large', 'extra large'],
        mechanism: grr,
      }),
      language: category({
        ...monthly,
        description: 'Language of the interface.',
        purpose: 'Decide which translations to keep up.',
        values: ['en', 'zh', 'es', 'hi', 'ar', 'pt', 'fr', 'ru', 'de', 'ja', 'id', 'tr', 'it', 'other'],
        mechanism: oue,
      }),
      'search-engine': category({
        ...monthly,
        description: 'Which search engine is set.',
        purpose: IMPROVE,
        values: ['default', 'second', 'third', 'own'],
        mechanism: grr,
      }),
      'dark-mode': boolean({
        ...monthly,
        description: 'Whether the dark theme is on.',
        purpose: IMPROVE,
        mechanism: rr,
      }),
      'reader-mode': boolean({
        ...monthly,
        description: 'Whether reader mode was used.',
        purpose: IMPROVE,
        mechanism: rr,
      }),
      'translate-page': boolean({
        ...monthly,
        description: 'Whether a page was translated.',
        purpose: IMPROVE,
        mechanism: rr,
      }),
      'tabs-opened': count({
        ...monthly,
        description: 'How many tabs were opened, up to 200.',
        purpose: IMPROVE,
        clamp: 200,
        mechanism: oneBitMean,
      }),
      'input-delay': timing({
        ...monthly,
        description: 'How long the page took to react to one random tap.',
        purpose: 'See whether the app got slower.',
        range: [1, 1000],
        buckets: 64,
        mechanism: tree,
      }),
      'page-load': timing({
        ...monthly,
        description: 'How long one random page took to load.',
        purpose: 'See whether the app got slower.',
        range: [100, 10_000],
        buckets: 64,
        mechanism: squareWave,
      }),
      'memory-peak': quantity({
        ...monthly,
        description: 'The most memory the app used at once.',
        purpose: 'See whether the app fits small devices.',
        unit: 'MB',
        range: [0, 2000],
        buckets: 10,
        aggregate: 'max',
        mechanism: sue,
      }),
      'ad-blocker': boolean({
        ...monthly,
        description: 'Whether content blocking is on.',
        purpose: IMPROVE,
        mechanism: rr,
      }),
      homepage: text({
        ...report,
        description: 'The page that a new tab opens, if one is set.',
        purpose: 'Decide which sites to test first.',
        maxLength: 40,
        latch: { epsilonFirst: 1, epsilonInfinity: 2, epoch: 56 },
        mechanism: rappor,
      }),
      crashed: boolean({
        ...monthly,
        description: 'Whether the app crashed.',
        purpose: 'Find bad releases.',
        mechanism: rr,
      }),
      'crash-count': count({
        ...monthly,
        description: 'How many times the app crashed, up to 5.',
        purpose: 'Find bad releases.',
        clamp: 5,
        mechanism: oneBitMean,
      }),
      'crash-signature': text({
        ...monthly,
        description: 'Where the app last crashed: the names of the innermost functions.',
        purpose: 'Find the crashes to mend first.',
        maxLength: 60,
        mechanism: oneTimeRappor,
      }),
    },
  });
}
