// Photographs as they are kept and sent: turned the way they were taken, small enough for a weak line, without the place
// that a telephone writes into its pictures.

const LONGEST = 2000;
export const LARGEST = 10 * 1024 * 1024;

// What this browser cannot read (HEIC, PDF) stays as it is: the server reads it.
export const reduced = async (file) => {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.85); });
    if (blob) return { blob, name: `${file.name.replace(/\.\w+$/, "")}.jpg`, type: "image/jpeg" };
  } catch {
    // as it is
  }
  return { blob: file, name: file.name, type: file.type };
};
