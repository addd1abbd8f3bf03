import { findChromium } from './find-chromium.ts'

/** Says aloud that the tests are skipped where there is no Chromium; in CI that is a failure. */
const setup = (): void => {
  if (findChromium() !== undefined) return
  const reason = 'Chromium is not installed here (apt-get install chromium, or name one in VENDO_CHROMIUM)'
  if (process.env['CI'] === 'true') throw new Error(reason)
  process.stderr.write(`browser: every test is skipped: ${reason}\n`)
}

export { setup }
