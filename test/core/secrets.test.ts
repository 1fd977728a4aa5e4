import { describe, expect, it } from 'vitest'
import { isSecretName, maskText, maskUrl } from '../../src/core/secrets.js'

describe('a parameter that looks like a key', () => {
  it.each(
    `token access_token refreshToken id-token api_key apikey APIKey key subscription-key sig signature X-Amz-Signature X-Amz-Credential
     X-Amz-Security-Token X-Goog-Signature secret client_secret clientsecret password passwd pwd auth session session_id
     JSESSIONID sid jwt code authcode token2 keys[] auth[token] user.password user[key][0] %74oken a+token`.split(
      /\s+/,
    ),
  )('is %s', (name) => {
    expect(isSecretName(name)).toBe(true)
  })

  it.each(
    `monkey keyword keywords key_id Key-Pair-Id AWSAccessKeyId token_type country_code zip-code page passenger author session_count
     assign design turkey tokens_used X-Amz-Date keyboard secretary q [] 1`.split(/\s+/),
  )('is not %s', (name) => {
    expect(isSecretName(name)).toBe(false)
  })
})

describe('a URL that people see', () => {
  it.each([
    ['https://h/?token=S&page=2', 'https://h/?token=***&page=2'],
    ['https://h/?page=2&key=S#top', 'https://h/?page=2&key=***#top'],
    ['https://u:S@h/?a=1', 'https://u:***@h/?a=1'],
    ['http://h/#access_token=S&token_type=bearer', 'http://h/#access_token=***&token_type=bearer'],
    ['http://h/x;jsessionid=S?a=1', 'http://h/x;jsessionid=***'],
    ['http://h/?a=1;pwd=S;b=S', 'http://h/?a=1;pwd=***'],
    ['http://h/?%74oken=S', 'http://h/?%74oken=***'],
    ['http://h/?next=https://x/?api_key=S&c=1', 'http://h/?next=https://x/?api_key=***&c=1'],
    ['http://h/?r=https%3A%2F%2Fx%3Ftoken%3DS%26b%3DS&c=1', 'http://h/?r=https%3A%2F%2Fx%3Ftoken%3D***&c=1'],
    ['http://h/?r=a%253Fsig%253DS', 'http://h/?r=a%253Fsig%253D***'],
    ['http:// no url?token=S S', 'http:// no url?token=***'],
    ['h/?token=S=S', 'h/?token=***'],
    ['http://h/?token=', 'http://h/?token='],
    ['http://h/?token&monkey=1', 'http://h/?token&monkey=1'],
    ['http://h/token=1', 'http://h/token=1'],
  ])('%s is %s', (url, shown) => {
    expect(maskUrl(url)).toBe(shown)
    expect(maskUrl(shown)).toBe(shown)
  })
})

describe('a text that people see', () => {
  it.each([
    ['cannot read https://u:S@h/?token=S: no such file', 'cannot read https://u:***@h/?token=***: no such file'],
    ['"http://h/?sig=S", (see http://u:S@x/)', '"http://h/?sig=***", (see http://u:***@x/)'],
    ['/folder/http://u:S@h/?sig=S', '/folder/http://u:***@h/?sig=***'],
    ['at file:///a/@b/c.js:12:3', 'at file:///a/@b/c.js:12:3'],
    ['connect ECONNREFUSED 127.0.0.1:1', 'connect ECONNREFUSED 127.0.0.1:1'],
  ])('%s is %s', (text, shown) => {
    expect(maskText(text)).toBe(shown)
  })
})

it('takes a time that grows with the text, whatever it is', () => {
  const texts = ['?a', '?', '&a=', '%3f', '%25', '?token=:,.;', 'a:b@', ':@', ':,.;'].flatMap((unit) => {
    const long = unit.repeat(200_000 / unit.length)
    return [long, `?token=${long}`, `?${long}=`, `${long}@`]
  })
  const startedAt = performance.now()
  for (const text of texts) expect(maskText(text).length + maskUrl(text).length).toBeGreaterThan(0)
  // Linear, it is some hundred ms; a square would be minutes.
  expect(performance.now() - startedAt).toBeLessThan(20_000)
})
