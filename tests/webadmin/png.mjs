// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes pictures of the page small. It has few colours, none of them transparent: 256 tell it all.
import { deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MAX_COLOURS = 256;

const CRC = Uint32Array.from({ length: 256 }, (_, value) => {
  for (let bit = 0; bit < 8; bit++)
    value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function makeChunk(type, data) {
  const chunk = Buffer.alloc(data.length + 12);
  chunk.writeUInt32BE(data.length);
  chunk.write(type, 4, 'latin1');
  data.copy(chunk, 8);
  let crc = 0xffffffff;
  for (let at = 4; at < data.length + 8; at++)
    crc = CRC[(crc ^ chunk[at]) & 0xff] ^ (crc >>> 8);
  chunk.writeUInt32BE(~crc >>> 0, data.length + 8);
  return chunk;
}

function readChunks(png) {
  const chunks = {};
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    chunks[type] = Buffer.concat([chunks[type] ?? Buffer.alloc(0), png.subarray(at + 8, at + 8 + length)]);
    at += length + 12;
  }
  return chunks;
}

/** What a filter of PNG foretells a byte to be, from that on the left, that above, and that above on the left. */
function foretell(filter, left, above, corner) {
  switch (filter) {
    case 1: return left;
    case 2: return above;
    case 3: return (left + above) >> 1;
    case 4: {
      const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
      return a <= b && a <= c ? left : b <= c ? above : corner;
    }
    default: return 0;
  }
}

/** The colours of all pixels, as 0xrrggbb. */
function readPixels(raw, width, height, bytes) {
  const row = width * bytes;
  const lines = new Uint8Array(row * height);
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (row + 1)];
    for (let x = 0; x < row; x++) {
      const at = y * row + x;
      const left = x >= bytes ? lines[at - bytes] : 0;
      const above = y > 0 ? lines[at - row] : 0;
      const corner = x >= bytes && y > 0 ? lines[at - row - bytes] : 0;
      lines[at] = raw[y * (row + 1) + 1 + x] + foretell(filter, left, above, corner);
    }
  }
  for (let i = 0; i < pixels.length; i++)
    pixels[i] = lines[i * bytes] << 16 | lines[i * bytes + 1] << 8 | lines[i * bytes + 2];
  return pixels;
}

function distance(a, b) {
  return ((a >> 16) - (b >> 16)) ** 2 + ((a >> 8 & 255) - (b >> 8 & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;
}

/** How much a colour is missed where it is not: a few pixels of green among greys are seen. */
function weigh(colour, count) {
  const parts = [colour >> 16, colour >> 8 & 255, colour & 255];
  return count * (1 + (Math.max(...parts) - Math.min(...parts)) ** 2 / 64);
}

/** The place of each colour in a palette of those that weigh most. */
function choosePalette(pixels) {
  const counts = new Map();
  for (const pixel of pixels)
    counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const palette = [...counts].map(([colour, count]) => [colour, weigh(colour, count)])
    .sort(([a, m], [b, n]) => n - m || a - b).slice(0, MAX_COLOURS).map(([colour]) => colour);
  const places = new Map(palette.map((colour, place) => [colour, place]));
  for (const colour of counts.keys())
    if (!places.has(colour))
      places.set(colour, palette.reduce((best, one, place) => distance(one, colour) < distance(palette[best], colour) ? place : best, 0));
  return { palette, places };
}

/** Gives a PNG of 8 bits a channel, not interlaced, with at most 256 colours, as small as it gets. */
export function shrinkPng(png) {
  const { IHDR, IDAT } = readChunks(png);
  const width = IHDR.readUInt32BE(0);
  const height = IHDR.readUInt32BE(4);
  const pixels = readPixels(inflateSync(IDAT), width, height, IHDR[9] === 6 ? 4 : 3);
  const { palette, places } = choosePalette(pixels);
  const lines = Buffer.alloc((width + 1) * height);
  for (let i = 0; i < pixels.length; i++)
    lines[i + Math.floor(i / width) + 1] = places.get(pixels[i]);
  const header = Buffer.from(IHDR);
  header[9] = 3;   // colours are places in the palette
  return Buffer.concat([
    SIGNATURE,
    makeChunk('IHDR', header),
    makeChunk('PLTE', Buffer.from(palette.flatMap((colour) => [colour >> 16, colour >> 8 & 255, colour & 255]))),
    makeChunk('IDAT', deflateSync(lines, { level: 9, memLevel: 9 })),
    makeChunk('IEND', Buffer.alloc(0)),
  ]);
}
