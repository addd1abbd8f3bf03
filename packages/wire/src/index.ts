/** Wire formats of LLM APIs, sans I/O and pure. */

export type { UsageReaderOptions } from './reader/create-usage-reader.ts'
export { createUsageReader } from './reader/create-usage-reader.ts'
export type { RequestFacts, ServerTool } from './request-facts.ts'
export type { ExtraUsage, ReportedCacheWrites, UsageReader, UsageReading } from './usage-reading.ts'
