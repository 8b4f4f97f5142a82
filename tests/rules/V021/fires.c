int knotty(int n)	/* @finding: nested four deep */
{
	int sum = 0;
	for (int i = 0; i < n; i++)
		for (int j = 0; j < i; j++)
			if (j % 2)
				if (i % 3)
					sum++;
	return sum;
}
