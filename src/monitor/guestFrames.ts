// Where a guest's physical memory lies in the machine's, page by page: the map from guest-physical to host-physical frames.

export interface GuestFrames {
  /** number of the host-physical page that is the guest's page `frame` */
  hostFrame(frame: number): number;
}

/** All of it in one piece, in order, from the machine's page `first` on. */
export const framesFrom = (first: number): GuestFrames => ({ hostFrame: frame => first + frame });
