// A screen of pixels, on a canvas of as many; the style sheet makes it as large as the window lets it be.
import type { GuestPixels } from '../../src/shared/guestScreen';

export class PixelPicture {
  private readonly canvas = document.createElement('canvas');

  constructor(private readonly place: HTMLElement) {
    this.canvas.setAttribute('role', 'img');
    place.append(this.canvas);
  }

  set hidden(hidden: boolean) {
    this.place.hidden = hidden;
  }

  /** `description` is for those who cannot see it. */
  show({ width, height, pixels, palette }: GuestPixels, description: string): void {
    const { canvas } = this;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    canvas.ariaLabel = description;
    const indexes = atob(pixels);
    const image = new ImageData(width, height);
    const points = new Uint32Array(image.data.buffer);
    const colours = palette.map(opaque);
    for (let index = 0; index < points.length; index++) points[index] = colours[indexes.charCodeAt(index)];
    canvas.getContext('2d')?.putImageData(image, 0, 0);
  }
}

/** 0xrrggbb as ImageData has it in a little-endian word. */
const opaque = (rgb: number): number => 0xff000000 | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >> 16);
