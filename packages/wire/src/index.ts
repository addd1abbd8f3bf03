/** Wire formats of LLM APIs, sans I/O and pure. */
export type { RequestFacts, ServerTool } from './request-facts.ts'
export type { UsageReader, UsageReading } from './usage-reading.ts'
