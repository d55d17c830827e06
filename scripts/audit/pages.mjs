// The pages that are audited; a new one is a line here.
export const pages = [
  { address: '/sync', signedIn: false },
  { address: '/connection', signedIn: false },
  { address: '/sync', signedIn: true },
  { address: '/library', signedIn: true },
  { address: '/duplicates', signedIn: true },
  { address: '/history', signedIn: true },
  { address: '/settings', signedIn: true },
  { address: '/settings/disconnect', signedIn: true },
  { address: '/connection', signedIn: true },
];

/** The least of Lighthouse's points, of 100. */
export const thresholds = { performance: 98, accessibility: 100, 'best-practices': 100 };
