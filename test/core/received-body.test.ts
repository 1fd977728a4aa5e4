import { describe, expect, it } from 'vitest'
import { mostReadBytes, receivedBody } from '../../src/core/received-body.js'

const bodyOf = (text: string) => receivedBody(Buffer.from(text), null)

describe('a body that was received', () => {
  it('is JSON or says why it is none', () => {
    expect(bodyOf('\ufeff {"a":1}\n').jsonProblem).toBeNull()
    expect(bodyOf('{"a":1,}').jsonProblem).toMatch(/position 7/)
    expect(bodyOf('').jsonProblem).toMatch(/end of JSON/)
  })

  it('is read as far as the limit', () => {
    const whole = receivedBody(Buffer.alloc(mostReadBytes, 'x'), null)
    expect([whole.isCut, whole.text.length]).toEqual([false, mostReadBytes])
    const cut = receivedBody(Buffer.alloc(mostReadBytes + 1, 'x'), null)
    expect([cut.isCut, cut.text.length]).toEqual([true, mostReadBytes])
  })
})
