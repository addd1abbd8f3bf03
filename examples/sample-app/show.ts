/** Writes a piece of an answer. */
export const show = (text: string): boolean => process.stdout.write(text)

/** Begins a new answer. */
export const begin = (heading: string): boolean => show(`\n> ${heading}\n`)

/** One user message. */
export const ask = (question: string) => [{ role: 'user' as const, content: question }]
