/** A text and how often it is met, to whatever sum. */
export type Weighted = readonly (readonly [text: string, weight: number])[];

/** Rank r weighs r^-exponent. */
function zipf(texts: readonly string[], exponent: number): Weighted {
  return texts.map((text, i) => [text, (i + 1) ** -exponent]);
}

/** Made-up sites, the most popular first; `.example` is nobody's, and stays so (RFC 2606). */
export const HOMEPAGES: Weighted = zipf(
  [
    ...['search', 'news', 'mail', 'video', 'social', 'weather', 'shop', 'wiki', 'bank', 'maps', 'music', 'sport'],
    ...['forum', 'photos', 'travel', 'recipes', 'jobs', 'games', 'radio', 'library', 'school', 'city', 'trains'],
    ...[
      'health',
      'code',
      'docs',
      'chess',
      'cinema',
      'garden',
      'museum',
      'science',
      'history',
      'art',
      'books',
      'comics',
    ],
    ...['birds', 'stars', 'bikes', 'cars', 'boats', 'hiking', 'knitting', 'cooking', 'coffee', 'bread', 'wine', 'pets'],
    ...['horses', 'trees', 'maths', 'law', 'taxes', 'homes', 'tools', 'paint', 'dance', 'choir', 'theatre', 'poems'],
    'puzzles',
  ].map((name) => `${name}.example`),
  1,
);

/** Where a crash happened: the innermost frames, without addresses, lines and file names. */
export const CRASH_SIGNATURES: Weighted = zipf(
  [
    'Layer::paint|Compositor::frame|Renderer::run',
    'ImageCache::evict|ImageDecoder::next|Renderer::run',
    'Tab::restore|Session::load|App::start',
    'Socket::read|HttpStream::poll|Network::run',
    'Font::shape|TextRun::measure|Layout::line',
    'Heap::grow|Script::compile|Script::run',
    'Database::open|History::query|Suggest::update',
    'Surface::resize|Window::rotate|App::event',
  ],
  1.5,
);

/** Popular, and yet on nobody's list of candidates; and one that hardly anyone has. */
const UNFORESEEN: readonly string[] = ['news.example', 'boats.example'];

const NOBODYS = Array.from({ length: 20 }, (_, i) => `nobody-${i + 1}.example`);

function textsOf(weighted: Weighted): readonly string[] {
  return weighted.map(([text]) => text);
}

/**
 * What the team behind the app asks for, by metric. Of homepages it has a list of sites it knows: two that people have
 * are missing from it, and twenty that nobody has are on it.
 */
export const CANDIDATES: ReadonlyMap<string, readonly string[]> = new Map([
  ['homepage', [...textsOf(HOMEPAGES).filter((text) => !UNFORESEEN.includes(text)), ...NOBODYS]],
  ['crash-signature', textsOf(CRASH_SIGNATURES)],
]);
