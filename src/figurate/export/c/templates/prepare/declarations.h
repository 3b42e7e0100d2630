/* ---- pictures brought into form ---------------------------------------------------------------------------------- */

#define FIGURE_OK 0
#define FIGURE_BLANK 1                /* no ink was found: the figure is nothing but ground */
#define FIGURE_WRONG_SIZE (-1)        /* a side is shorter than 1 or longer than FIGURE_LONGEST_SIDE pixels */
#define FIGURE_SCRATCH_TOO_SMALL (-2) /* nothing was written */

#define FIGURE_LONGEST_SIDE 4096
#define FIGURE_LARGER(a, b) ((a) > (b) ? (a) : (b))
