// The build of a Worker takes the package's files for Workers only if Next.js does not bundle it.
export default { serverExternalPackages: ["ajo-limits"] };
