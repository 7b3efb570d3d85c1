"""Names usual in Great Britain, Ireland, North America, Australia and New Zealand."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Mary, Patricia, Jennifer, Linda, Elizabeth, Barbara, Susan, Jessica, Sarah, Karen, Nancy, Lisa, Margaret, Betty,
    Sandra, Ashley, Dorothy, Kimberly, Emily, Donna, Michelle, Carol, Amanda, Melissa, Deborah, Stephanie, Rebecca,
    Laura, Sharon, Cynthia, Kathleen, Amy, Angela, Shirley, Anna, Brenda, Pamela, Emma, Nicole, Helen, Samantha,
    Katherine, Christine, Debra, Rachel, Carolyn, Janet, Catherine, Heather, Diane, Ruth, Julie, Olivia, Joyce,
    Virginia, Victoria, Kelly, Lauren, Christina, Joan, Evelyn, Judith, Megan, Andrea, Cheryl, Hannah, Jacqueline,
    Martha, Gloria, Teresa, Ann, Sara, Madison, Frances, Kathryn, Janice, Jean, Abigail, Alice, Judy, Sophia, Grace,
    Denise, Amber, Doris, Marilyn, Danielle, Beverly, Isabella, Theresa, Diana, Natalie, Brittany, Charlotte, Marie,
    Kayla, Alexis, Lori, Eleanor, Harriet, Gwendolyn, Siobhan, Aoife, Niamh, Fiona, Moira, Bronwyn, Rhiannon, Maeve,
    Imogen, Poppy, Tamika, Latoya, Keisha, Shanice, Ebony, Destiny, Beatrice, Mildred, Agnes, Edna, Opal, Hazel,
    Ivy, Willow, Autumn, Faith, Hope, Joy
    """
)

GIVEN_MALE = listed(
    """
    James, Robert, John, Michael, David, William, Richard, Joseph, Thomas, Christopher, Charles, Daniel, Matthew,
    Anthony, Mark, Donald, Steven, Andrew, Paul, Joshua, Kenneth, Kevin, Brian, George, Timothy, Ronald, Jason,
    Edward, Jeffrey, Ryan, Jacob, Gary, Nicholas, Eric, Jonathan, Stephen, Larry, Justin, Scott, Brandon, Benjamin,
    Samuel, Gregory, Alexander, Patrick, Frank, Raymond, Jack, Dennis, Jerry, Tyler, Aaron, Adam, Nathan, Henry,
    Zachary, Douglas, Peter, Kyle, Noah, Ethan, Jeremy, Walter, Christian, Keith, Roger, Terry, Austin, Sean,
    Gerald, Carl, Harold, Dylan, Arthur, Lawrence, Jordan, Jesse, Bryan, Billy, Bruce, Gabriel, Joe, Logan, Albert,
    Willie, Alan, Eugene, Russell, Vincent, Philip, Bobby, Johnny, Bradley, Rory, Declan, Eamonn, Cormac, Callum,
    Hamish, Ewan, Angus, Alistair, Gareth, Rhys, Dafydd, Nigel, Clive, Graham, Trevor, Jamal, Tyrone, Darnell,
    DeShawn, Marquis, Malik, Terrence, Clarence, Leroy, Otis, Wade, Clint, Chase, Hunter, Mason, Carter, Grant, Dale
    """
)

FAMILY = listed(
    """
    Smith, Johnson, Williams, Brown, Jones, Miller, Davis, Wilson, Anderson, Taylor, Thomas, Moore, Jackson, Martin,
    Lee, Thompson, White, Harris, Clark, Lewis, Robinson, Walker, Young, Allen, King, Wright, Scott, Hill, Green,
    Adams, Nelson, Baker, Hall, Campbell, Mitchell, Carter, Roberts, Phillips, Evans, Turner, Parker, Collins,
    Edwards, Stewart, Morris, Murphy, Cook, Rogers, Morgan, Cooper, Peterson, Bailey, Reed, Kelly, Howard, Cox,
    Ward, Richardson, Watson, Brooks, Wood, Bennett, Gray, Hughes, Price, Sanders, Long, Foster, Myers, Ross,
    Powell, Sullivan, Russell, Coleman, Jenkins, Perry, Butler, Barnes, Fisher, Henderson, Simmons, Patterson,
    Jordan, Reynolds, Hamilton, Graham, Wallace, Woods, West, Cole, Hayes, Bryant, O'Brien, O'Connor, O'Neill,
    O'Sullivan, McDonald, McCarthy, McKenzie, MacLeod, MacGregor, FitzGerald, Fitzpatrick, Gallagher, Doyle, Byrne,
    Walsh, Kavanagh, Llewellyn, Pritchard, Cadwallader, Featherstone, Higginbotham, Whitaker, Abernathy, Blackwood,
    Ashworth, Thornton, Hollingsworth, Pemberton, Lockhart, Winters, Rivers, Stone, Drake, Vance, Sinclair, Langley,
    Mercer, Holloway, Beaumont, Washington, Jefferson, Booker, Banks, St. James, St. John, Smith-Jones, Taylor-Brown
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES = listed("Mc, Mac, O', Fitz")

FAMILY_FIRST = False
